-- Files on their way in. Each is its sender's own: what stands in a file that was sent by mistake is nobody else's to see.
-- The worker looks into it and counts; what it stores of it, it stores as the sender, under the policies of those tables.
CALL vigil.guard('imports');
GRANT SELECT, INSERT ON imports TO vigil_app;
CREATE POLICY reads ON imports FOR SELECT TO vigil_app
    USING ((SELECT vigil.holds('imports:bring_in')) AND by_id = (SELECT vigil.person_id()));
CREATE POLICY sends ON imports FOR INSERT TO vigil_app
    WITH CHECK ((SELECT vigil.holds('imports:bring_in')) AND by_id = (SELECT vigil.person_id()));
-- The sender says what is what in it, has it looked into again, has it brought in, or takes it back; counts are the worker's.
GRANT UPDATE (state, layer, found, columns, every, source, tracked_id, ended_at) ON imports TO vigil_app;
CREATE POLICY says ON imports FOR UPDATE TO vigil_app
    USING ((SELECT vigil.holds('imports:bring_in')) AND by_id = (SELECT vigil.person_id()))
    WITH CHECK (by_id = (SELECT vigil.person_id()) AND state IN ('waiting', 'running', 'removed'));
GRANT SELECT, UPDATE ON imports TO vigil_worker;
CREATE POLICY works ON imports TO vigil_worker USING (true) WITH CHECK (true);
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app;

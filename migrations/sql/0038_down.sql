DROP POLICY withdraws ON siting_studies;
REVOKE UPDATE (withdrawn_at, withdrawn_by_id) ON siting_studies FROM vigil_app;
DROP POLICY answers ON siting_studies;
CREATE POLICY answers ON siting_studies FOR UPDATE TO vigil_worker USING (answer IS NULL) WITH CHECK (answer IS NOT NULL);

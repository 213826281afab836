-- The weighing of an alert at its corrected place: written with its step by whoever handles the alert, read with its points by
-- those who see cells, as the first one (0006_policies.sql).
CALL vigil.codes_of('add', 'alert_steps', 'kind', ARRAY['weighed']);
CALL vigil.guard('alert_reweighings');
GRANT SELECT, INSERT ON alert_reweighings TO vigil_app;
CREATE POLICY reads ON alert_reweighings FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id)
           AND (SELECT vigil.anywhere('defenders:see_coarse_cells')));
CREATE POLICY adds ON alert_reweighings FOR INSERT TO vigil_app
    WITH CHECK (vigil.handles_alert(alert_id)
                AND EXISTS (SELECT 1 FROM alert_steps s WHERE s.id = step_id AND s.alert_id = alert_reweighings.alert_id
                            AND s.kind = 'weighed' AND s.by_id = (SELECT vigil.person_id()) AND s.recorded_at = now()));
-- Nobody but those who handle an alert says that it was weighed.
CREATE POLICY who_weighs ON alert_steps AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (kind <> 'weighed' OR vigil.handles_alert(alert_id));
CALL vigil.protect('alert_reweighings', 'step_id');

-- Of a search for a siting hears who finds the study itself, whoever asked for it: a study of restricted havens would else show by
-- its search that there are some, and could be stopped by those who may not know of it.
CREATE POLICY of_a_study_that_is_found ON solves AS RESTRICTIVE FOR SELECT TO vigil_app
    USING (kind <> 'siting' OR EXISTS (SELECT FROM siting_studies s WHERE s.id = subject_id));
CREATE POLICY of_a_study_that_is_stopped ON solves AS RESTRICTIVE FOR UPDATE TO vigil_app
    USING (kind <> 'siting' OR EXISTS (SELECT FROM siting_studies s WHERE s.id = subject_id));

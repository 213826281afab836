-- The longest way is made shortest with rooms too, where whoever asks says how many people a site takes in.
ALTER TABLE siting_studies DROP CONSTRAINT ck_siting_studies_worst_without_room;

UPDATE outbox SET queue = 'slow', finished_at = coalesce(finished_at, now()) WHERE queue = 'plans';
CALL vigil.codes_of('take', 'outbox', 'queue', ARRAY['plans']);
ALTER TABLE outbox VALIDATE CONSTRAINT ck_outbox_queue;

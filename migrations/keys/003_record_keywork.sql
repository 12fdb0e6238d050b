-- What is done with keys is recorded in the audit log, which lies in the forum database. The two share no transaction, so
-- each act leaves a row here, in the transaction that does it, and the row goes when the log has it. Rows name no member
-- and no persona, and like every row here tell no time: acts of a kind are counted together until somebody takes them
-- over to the log. What was taken is counted no further, so that what the log has and what goes here are the same.

SET lock_timeout = '5s';

CREATE TABLE audit_outbox (
    event_id uuid    NOT NULL,
    action   text    NOT NULL,
    times    integer NOT NULL,
    epoch    integer NOT NULL,
    counted  boolean NOT NULL,
    taken    boolean NOT NULL DEFAULT false,
    CONSTRAINT audit_outbox_primary PRIMARY KEY (event_id),
    CONSTRAINT audit_outbox_times_count CHECK (times > 0)
);
CREATE UNIQUE INDEX audit_outbox_counted ON audit_outbox (action) WHERE counted AND NOT taken;
COMMENT ON TABLE audit_outbox IS 'acts upon keys on their way into the audit log; about nobody in particular';
COMMENT ON COLUMN audit_outbox.event_id IS 'class=none';
COMMENT ON COLUMN audit_outbox.action IS 'class=none';
COMMENT ON COLUMN audit_outbox.times IS 'class=none';
COMMENT ON COLUMN audit_outbox.epoch IS 'class=none';
COMMENT ON COLUMN audit_outbox.counted IS 'class=none';
COMMENT ON COLUMN audit_outbox.taken IS 'class=none';

GRANT SELECT, INSERT, DELETE ON audit_outbox TO {{.app}};
GRANT UPDATE (times, taken) ON audit_outbox TO {{.app}};
GRANT INSERT ON audit_outbox TO {{.keeper}};

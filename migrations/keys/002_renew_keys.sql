-- Keys live for years: they are renewed, their epochs end, and what was erased stays erased. A persona whose words were
-- changed or removed is marked, so that it gets a fresh key before the epoch ends and old backups open nothing of it. And
-- whose a persona is can be told to one person at the word of another, which leaves a row here.
--
-- Wrapping keys under a new epoch is a task of its own, with a role of its own that reads nothing of what keys seal.
-- A member's key lies in the row of the record that it seals, and both change in one statement: the role that serves may
-- do that, as it may already write the record.

SET lock_timeout = '5s';

ALTER TABLE persona ADD COLUMN dirty boolean NOT NULL DEFAULT false;
CREATE INDEX persona_dirty ON persona (persona_id) WHERE dirty;
COMMENT ON COLUMN persona.dirty IS 'class=none';

CREATE TABLE unmasking (
    unmasking_id uuid  NOT NULL,
    persona_id   uuid  NOT NULL,
    reason       bytea NOT NULL,
    asked_by     bytea NOT NULL,
    approved_by  bytea,
    CONSTRAINT unmasking_primary PRIMARY KEY (unmasking_id),
    CONSTRAINT unmasking_of_persona FOREIGN KEY (persona_id) REFERENCES persona (persona_id) ON DELETE CASCADE,
    CONSTRAINT unmasking_asked_by_size CHECK (octet_length(asked_by) = 32),
    CONSTRAINT unmasking_by_two CHECK (octet_length(approved_by) = 32 AND approved_by <> asked_by)
);
CREATE INDEX unmasking_by_persona ON unmasking (persona_id);
COMMENT ON TABLE unmasking IS 'a wish to know whose a persona is: one asks, another approves, within a day and once';
COMMENT ON COLUMN unmasking.unmasking_id IS 'class=none';
COMMENT ON COLUMN unmasking.persona_id IS 'class=pseudonym;form=random;purpose=finding the account;export=never;erase=row';
COMMENT ON COLUMN unmasking.reason IS 'class=staff;form=sealed, with the time of asking;purpose=judging the wish;export=never;erase=row';
COMMENT ON COLUMN unmasking.asked_by IS 'class=staff;form=keyed hash of the identity;purpose=two different people;export=never;erase=row';
COMMENT ON COLUMN unmasking.approved_by IS 'class=staff;form=keyed hash of the identity;purpose=once, by another;export=never;erase=row';

GRANT UPDATE (dirty) ON persona TO {{.app}};
GRANT UPDATE (generation, epoch, secret) ON member TO {{.app}};
GRANT SELECT, INSERT ON unmasking TO {{.app}};
GRANT UPDATE (approved_by) ON unmasking TO {{.app}};

GRANT USAGE ON SCHEMA public TO {{.keeper}};
GRANT SELECT ON schema_version, deployment TO {{.keeper}};
GRANT SELECT, INSERT, DELETE ON epoch TO {{.keeper}};
GRANT UPDATE (kek) ON epoch TO {{.keeper}};
GRANT SELECT ON root_key, persona_key, shared_key TO {{.keeper}};
GRANT SELECT (locator, generation, epoch, secret) ON member TO {{.keeper}};
GRANT SELECT (persona_id, pending_since, dirty) ON persona TO {{.keeper}};
GRANT UPDATE (epoch, secret) ON root_key, persona_key, shared_key, member TO {{.keeper}};

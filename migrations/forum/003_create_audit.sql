-- What was decided and done, written in the transaction that did it. Identifiers of things and codes, never content;
-- the actor is a persona of the community, or sealed, so that one member's acts in two places share no value.

SET lock_timeout = '5s';

CREATE TABLE audit_event (
    event_id     uuid NOT NULL,
    day          date NOT NULL,
    action       text NOT NULL,
    community_id uuid,
    persona_id   uuid,
    actor        bytea,
    subject_id   uuid,
    revision     text NOT NULL,
    CONSTRAINT audit_event_primary PRIMARY KEY (event_id),
    CONSTRAINT audit_event_one_actor CHECK ((persona_id IS NULL) <> (actor IS NULL))
);
COMMENT ON TABLE audit_event IS 'append-only: the application may add rows and may not read, change or delete them';
COMMENT ON COLUMN audit_event.event_id IS 'class=none';
COMMENT ON COLUMN audit_event.day IS 'class=none';
COMMENT ON COLUMN audit_event.action IS 'class=none';
COMMENT ON COLUMN audit_event.community_id IS 'class=none';
COMMENT ON COLUMN audit_event.persona_id IS 'class=pseudonym;form=plain;purpose=who acted, inside one community;export=never;erase=pseudonym dies with its keys';
COMMENT ON COLUMN audit_event.actor IS 'class=staff;form=sealed;purpose=who acted, where no persona did, and when;export=never;erase=key';
COMMENT ON COLUMN audit_event.subject_id IS 'class=none';
COMMENT ON COLUMN audit_event.revision IS 'class=none';

GRANT INSERT ON audit_event TO {{.app}};

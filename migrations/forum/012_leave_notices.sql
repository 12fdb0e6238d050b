-- What members are told about what was done with what is theirs. What was done, by which role, for which purpose and when is
-- sealed under the secret of whom it tells. In plain stand whose it is and its place among their own: that of an act the log
-- names with its day, and not when, or whether, anybody read of it.
--
-- Whoever leaves a notice holds the community still, as one who posts does: keys are not renewed meanwhile. Here, so that no
-- program can forget it.

SET lock_timeout = '5s';

CREATE TABLE notice (
    community_id   uuid    NOT NULL,
    notice_id      uuid    NOT NULL,
    persona_id     uuid    NOT NULL,
    number         bigint  NOT NULL,
    box            bytea   NOT NULL,
    sealed_version integer NOT NULL DEFAULT 1,
    CONSTRAINT notice_primary PRIMARY KEY (community_id, notice_id),
    CONSTRAINT notice_of_persona FOREIGN KEY (community_id, persona_id) REFERENCES persona (community_id, persona_id),
    CONSTRAINT notice_number_positive CHECK (number > 0)
);
CREATE INDEX notice_newest ON notice (community_id, persona_id, number DESC, notice_id DESC);
ALTER TABLE notice ALTER COLUMN box SET STORAGE EXTERNAL;
COMMENT ON TABLE notice IS 'what a member is told about what was done with what is theirs; read by them alone';
COMMENT ON COLUMN notice.community_id IS 'class=none';
COMMENT ON COLUMN notice.notice_id IS 'class=none';
COMMENT ON COLUMN notice.persona_id IS 'class=pseudonym;form=plain;purpose=whom it tells;export=never;erase=row';
COMMENT ON COLUMN notice.number IS 'class=pseudonym;form=plain;purpose=its place among the notices of one persona;export=never;erase=row';
COMMENT ON COLUMN notice.box IS 'class=content;form=sealed;purpose=what was done, by which role, for which purpose, when and with what;export=never;erase=row and key';
COMMENT ON COLUMN notice.sealed_version IS 'class=none';

ALTER TABLE notice ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY notice_scope ON notice USING ((community_id = visible_community() OR community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);

CREATE FUNCTION seal_notice_with_living_key() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE since integer;
BEGIN
    -- The first eight bytes of the id, as the program reads them.
    PERFORM pg_advisory_xact_lock_shared(('x' || left(replace(NEW.community_id::text, '-', ''), 16))::bit(64)::bigint);
    SELECT sealed_since INTO since FROM persona WHERE community_id = NEW.community_id AND persona_id = NEW.persona_id;
    IF since > 0 AND since > generation_of(NEW.box) THEN
        RAISE EXCEPTION 'sealed under a retired key' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER notice_sealed_with_living_key BEFORE INSERT OR UPDATE OF box ON notice
FOR EACH ROW EXECUTE FUNCTION seal_notice_with_living_key();

-- Who serves takes back no notice, but those of who is erased: a restored backup brings them back, and the server erases
-- again what tombstones name before it answers anybody.
CREATE POLICY notice_of_the_erased ON notice AS RESTRICTIVE FOR DELETE TO {{.app}}
USING (EXISTS (SELECT FROM persona p WHERE p.community_id = notice.community_id AND p.persona_id = notice.persona_id AND p.state = 'erased'));

GRANT SELECT, INSERT, DELETE ON notice TO {{.app}};
GRANT SELECT, DELETE ON notice TO {{.worker}};
GRANT UPDATE (box, sealed_version) ON notice TO {{.worker}};

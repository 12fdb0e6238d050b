-- Pictures and documents that go with a post. The file lies sealed in a store of its own, under a random name; its key lies
-- in a card that is sealed under the key of whoever uploaded it, so that sealing anew and erasing touch the card alone.
-- A file whose row is gone is doomed in the same transaction, whoever takes the row or the words away: here, so that no
-- program can forget it.

SET lock_timeout = '5s';

ALTER TABLE community ADD COLUMN attachments boolean;
COMMENT ON COLUMN community.attachments IS 'class=none';

CREATE TABLE attachment (
    community_id   uuid    NOT NULL,
    attachment_id  uuid    NOT NULL,
    persona_id     uuid    NOT NULL,
    post_id        uuid,
    blob_id        uuid    NOT NULL,
    card           bytea   NOT NULL,
    uploaded_on    date    NOT NULL,
    sealed_version integer NOT NULL DEFAULT 1,
    CONSTRAINT attachment_primary PRIMARY KEY (community_id, attachment_id),
    CONSTRAINT attachment_blob_once UNIQUE (community_id, blob_id),
    CONSTRAINT attachment_by_persona FOREIGN KEY (community_id, persona_id) REFERENCES persona (community_id, persona_id),
    CONSTRAINT attachment_in_post FOREIGN KEY (community_id, post_id) REFERENCES post (community_id, post_id)
);
CREATE INDEX attachment_of_persona ON attachment (community_id, persona_id);
CREATE INDEX attachment_of_post ON attachment (community_id, post_id);
CREATE INDEX attachment_of_blob ON attachment (blob_id);
COMMENT ON TABLE attachment IS 'a file that goes with a post, or waits for one; what it shows is told in the post alone';
COMMENT ON COLUMN attachment.community_id IS 'class=none';
COMMENT ON COLUMN attachment.attachment_id IS 'class=none';
COMMENT ON COLUMN attachment.persona_id IS 'class=pseudonym;form=plain;purpose=who uploaded it;export=never;erase=row';
COMMENT ON COLUMN attachment.post_id IS 'class=none';
COMMENT ON COLUMN attachment.blob_id IS 'class=none';
COMMENT ON COLUMN attachment.card IS 'class=content;form=sealed;purpose=the key of the file, what kind it is and how large;export=never;erase=row and key';
COMMENT ON COLUMN attachment.uploaded_on IS 'class=pseudonym;form=plain;purpose=what no post took goes after a day;export=never;erase=row';
COMMENT ON COLUMN attachment.sealed_version IS 'class=none';
ALTER TABLE attachment ALTER COLUMN card SET STORAGE EXTERNAL;

CREATE TABLE attachment_doomed (
    community_id uuid NOT NULL,
    blob_id      uuid NOT NULL,
    CONSTRAINT attachment_doomed_primary PRIMARY KEY (community_id, blob_id)
);
COMMENT ON TABLE attachment_doomed IS 'files whose row is gone, until they are gone too';
COMMENT ON COLUMN attachment_doomed.community_id IS 'class=none';
COMMENT ON COLUMN attachment_doomed.blob_id IS 'class=none';

ALTER TABLE attachment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY attachment_scope ON attachment USING ((community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
ALTER TABLE attachment_doomed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY attachment_doomed_scope ON attachment_doomed USING ((community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);

CREATE FUNCTION doom_file() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO attachment_doomed (community_id, blob_id) VALUES (OLD.community_id, OLD.blob_id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE TRIGGER attachment_file_doomed AFTER DELETE ON attachment
FOR EACH ROW EXECUTE FUNCTION doom_file();

CREATE FUNCTION let_attachments_go() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    DELETE FROM attachment WHERE community_id = NEW.community_id AND post_id = NEW.post_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER post_lets_attachments_go AFTER UPDATE OF body ON post
FOR EACH ROW WHEN (OLD.body IS NOT NULL AND NEW.body IS NULL) EXECUTE FUNCTION let_attachments_go();

CREATE FUNCTION seal_attachment_with_living_key() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE since integer;
BEGIN
    SELECT sealed_since INTO since FROM persona WHERE community_id = NEW.community_id AND persona_id = NEW.persona_id;
    IF since > 0 AND since > generation_of(NEW.card) THEN
        RAISE EXCEPTION 'sealed under a retired key' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER attachment_sealed_with_living_key BEFORE INSERT OR UPDATE OF card ON attachment
FOR EACH ROW EXECUTE FUNCTION seal_attachment_with_living_key();

GRANT SELECT, INSERT, DELETE ON attachment, attachment_doomed TO {{.app}};
GRANT UPDATE (post_id, card, sealed_version) ON attachment TO {{.app}};
GRANT SELECT, DELETE ON attachment TO {{.worker}};
GRANT UPDATE (card, sealed_version) ON attachment TO {{.worker}};
GRANT SELECT, INSERT, DELETE ON attachment_doomed TO {{.worker}};
GRANT SELECT (attachments) ON community TO {{.readonly}};

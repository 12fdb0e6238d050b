-- Keys are renewed and people are forgotten. A row says since which generation of its persona's key it takes sealed words,
-- so that whoever still holds an older key can't write under it after it was thought to be out of use; of an erased persona
-- it takes none. What is left of an erased persona is an id, which the numbers of a conversation need.

SET lock_timeout = '5s';

ALTER TABLE community ADD COLUMN shared_generation integer NOT NULL DEFAULT 1;
COMMENT ON COLUMN community.shared_generation IS 'class=none';

ALTER TABLE persona ADD COLUMN sealed_since integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN persona.sealed_since IS 'class=none';
ALTER TABLE persona ALTER COLUMN name DROP NOT NULL, ALTER COLUMN name_mac DROP NOT NULL;
ALTER TABLE persona DROP CONSTRAINT persona_state_known;
ALTER TABLE persona ADD CONSTRAINT persona_state_known CHECK (state IN ('active', 'left', 'banned', 'erased'));
ALTER TABLE persona ADD CONSTRAINT persona_name_gone_with_it CHECK ((name IS NULL) = (state = 'erased') AND (name_mac IS NULL) = (state = 'erased'));
COMMENT ON COLUMN persona.name IS 'class=pseudonym;form=sealed;purpose=display name;export=never;erase=row and key';

CREATE FUNCTION generation_of(box bytea) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT CASE WHEN octet_length(box) < 4 THEN 0 ELSE get_byte(box, 2) * 256 + get_byte(box, 3) END $$;

CREATE FUNCTION refuse_retired_key() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    -- To be tried again, with the key that is there by then.
    RAISE EXCEPTION 'sealed under a retired key' USING ERRCODE = 'serialization_failure';
END
$$;

CREATE FUNCTION seal_post_with_living_key() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE since integer;
BEGIN
    SELECT sealed_since INTO since FROM persona WHERE community_id = NEW.community_id AND persona_id = NEW.persona_id;
    IF since > 0 AND since > generation_of(NEW.body) THEN
        RAISE EXCEPTION 'sealed under a retired key' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION seal_topic_with_living_key() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE since integer;
BEGIN
    SELECT sealed_since INTO since FROM persona WHERE community_id = NEW.community_id AND persona_id = NEW.persona_id;
    IF since > 0 AND since > generation_of(NEW.title) THEN
        RAISE EXCEPTION 'sealed under a retired key' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER post_sealed_with_living_key BEFORE INSERT OR UPDATE OF body ON post
FOR EACH ROW WHEN (NEW.body IS NOT NULL) EXECUTE FUNCTION seal_post_with_living_key();
CREATE TRIGGER topic_sealed_with_living_key BEFORE INSERT OR UPDATE OF title ON topic
FOR EACH ROW WHEN (NEW.title IS NOT NULL) EXECUTE FUNCTION seal_topic_with_living_key();
CREATE TRIGGER persona_sealed_with_living_key BEFORE UPDATE OF name ON persona
FOR EACH ROW WHEN (NEW.name IS NOT NULL AND NEW.sealed_since > generation_of(NEW.name)) EXECUTE FUNCTION refuse_retired_key();

-- The role that seals anew and erases reads what it works on and changes nothing else; it makes no community, no topic
-- and no post.
GRANT USAGE ON SCHEMA public TO {{.worker}};
GRANT SELECT ON schema_version, installation TO {{.worker}};
GRANT SELECT ON programme, community, community_tally, ground_rules, persona, invitation, topic, topic_tally, post, answered_request TO {{.worker}};
GRANT UPDATE (card, sealed_version) ON programme TO {{.worker}};
GRANT UPDATE (card, sealed_version, shared_generation) ON community TO {{.worker}};
GRANT UPDATE (members, topics, activity) ON community_tally TO {{.worker}};
GRANT UPDATE (words) ON ground_rules TO {{.worker}};
GRANT UPDATE (name, name_mac, state, role, rules_accepted, joined_on, sealed_version, sealed_since, version) ON persona TO {{.worker}};
GRANT UPDATE (title, status, sealed_version, version) ON topic TO {{.worker}};
GRANT UPDATE (posts) ON topic_tally TO {{.worker}};
GRANT UPDATE (body, status, sealed_version, version) ON post TO {{.worker}};
GRANT DELETE ON invitation, answered_request TO {{.worker}};

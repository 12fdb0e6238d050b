-- Whoever acts on a standing holds the community still, with a shared lock that posts take first; here the database sees
-- to it that whatever takes something away waits for them, and that they wait for it, also where a program forgets.

SET lock_timeout = '5s';

CREATE FUNCTION take_community_alone() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    -- The first eight bytes of the id, as the program reads them.
    PERFORM pg_advisory_xact_lock(('x' || left(replace(NEW.community_id::text, '-', ''), 16))::bit(64)::bigint);
    RETURN NEW;
END
$$;

CREATE TRIGGER community_taken_alone BEFORE UPDATE OF visibility, join_policy, archived, sensitivity ON community
FOR EACH ROW WHEN ((OLD.visibility, OLD.join_policy, OLD.archived, OLD.sensitivity) IS DISTINCT FROM (NEW.visibility, NEW.join_policy, NEW.archived, NEW.sensitivity))
EXECUTE FUNCTION take_community_alone();

CREATE TRIGGER persona_taken_alone BEFORE UPDATE OF state, role ON persona
FOR EACH ROW WHEN (OLD.state = 'active' AND NEW.state <> 'active' OR OLD.role <> NEW.role)
EXECUTE FUNCTION take_community_alone();

CREATE TRIGGER topic_taken_alone BEFORE UPDATE OF status, locked ON topic
FOR EACH ROW WHEN ((OLD.status, OLD.locked) IS DISTINCT FROM (NEW.status, NEW.locked))
EXECUTE FUNCTION take_community_alone();

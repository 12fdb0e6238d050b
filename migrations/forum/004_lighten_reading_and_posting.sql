-- A post no longer counts in the row of its community, which all who post there at once had to wait for: its topic's
-- activity is one more than the highest there is. Topics that were answered in the same moment share a number, and their
-- ids tell them apart. What is sealed can't be compressed, and is not tried any more.
--
-- Where a query names its community and row-level security names it again, the planner counts both as if they had
-- nothing to do with each other, expects one row from any index that begins with the community, and reads all of the
-- community to find one. IS TRUE keeps the second out of indexes; it lets through what it let through before.

SET lock_timeout = '5s';

DROP INDEX topic_tally_latest;
CREATE INDEX topic_tally_latest ON topic_tally (community_id, activity DESC, topic_id DESC);
ALTER TABLE topic_tally SET (fillfactor = 70);
COMMENT ON TABLE topic_tally IS 'counters, apart from the rows that people edit; activity orders the topics of a community by their last post';
COMMENT ON TABLE community_tally IS 'counters, apart from the rows that people edit; activity is the highest of its topics, now and then, and never a time';

ALTER TABLE community ALTER COLUMN card SET STORAGE EXTERNAL;
ALTER TABLE ground_rules ALTER COLUMN words SET STORAGE EXTERNAL;
ALTER TABLE persona ALTER COLUMN name SET STORAGE EXTERNAL;
ALTER TABLE programme ALTER COLUMN card SET STORAGE EXTERNAL;
ALTER TABLE topic ALTER COLUMN title SET STORAGE EXTERNAL;
ALTER TABLE post ALTER COLUMN body SET STORAGE EXTERNAL;

ALTER POLICY ground_rules_scope ON ground_rules USING ((community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
ALTER POLICY persona_scope ON persona USING ((community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
ALTER POLICY invitation_scope ON invitation USING ((community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
ALTER POLICY topic_scope ON topic USING ((community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
ALTER POLICY topic_tally_scope ON topic_tally USING ((community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
ALTER POLICY post_scope ON post USING ((community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);
ALTER POLICY answered_request_scope ON answered_request USING ((community_id = ANY ((SELECT visible_communities())::uuid[])) IS TRUE);

-- What a lane's agents offer is found without reading its whole history.
-- 13 is commands.changed.
CREATE INDEX event_commands ON event (key) WHERE type = 13;

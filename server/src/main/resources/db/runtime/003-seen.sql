-- The last turn of the lane that an agent's thread knows of: what came later it has to be told.
-- Threads of earlier versions know of their own last turn.
ALTER TABLE thread ADD COLUMN seen TEXT;

UPDATE thread SET seen = (
  SELECT turn.id FROM turn JOIN lane ON lane.no = turn.lane
   WHERE lane.id = thread.lane AND turn.agent = thread.agent AND turn.started_at IS NOT NULL
   ORDER BY turn.no DESC LIMIT 1);

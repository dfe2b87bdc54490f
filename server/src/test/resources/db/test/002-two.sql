ALTER TABLE one ADD COLUMN b TEXT;
UPDATE one SET b = a || '!';

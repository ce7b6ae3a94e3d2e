ALTER TABLE redemptions ADD COLUMN lapses INTEGER;
CREATE INDEX redemptions_due ON redemptions (lapses, id) WHERE lapses IS NOT NULL;

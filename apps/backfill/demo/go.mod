module platform.local/backfill

go 1.22

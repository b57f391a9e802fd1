module platform.local/trades

go 1.22

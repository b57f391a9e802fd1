module platform.local/prediction-api

go 1.22

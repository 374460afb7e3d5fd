module tlschain

go 1.26.8

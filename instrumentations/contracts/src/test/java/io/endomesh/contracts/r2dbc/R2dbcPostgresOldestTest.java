package io.endomesh.contracts.r2dbc;

import io.endomesh.testkit.Library;

@Library(
    name = "PostgreSQL R2DBC",
    staged = "r2dbc-postgresql-oldest",
    upon = "reactor-netty-newest")
class R2dbcPostgresOldestTest extends R2dbcPostgres {}

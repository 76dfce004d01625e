package io.endomesh.contracts.r2dbc;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(
    name = "MySQL R2DBC (asyncer)",
    staged = "r2dbc-mysql-newest",
    upon = "reactor-netty-newest",
    release = Release.NEWEST)
class R2dbcMySqlNewestTest extends R2dbcMySql {}

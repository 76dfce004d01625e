package io.endomesh.contracts.r2dbc;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(
    name = "MariaDB R2DBC",
    staged = "r2dbc-mariadb-newest",
    upon = "reactor-netty-newest",
    release = Release.NEWEST)
class R2dbcMariaDbNewestTest extends R2dbcMariaDb {}

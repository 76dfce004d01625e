package io.endomesh.contracts.r2dbc;

import io.endomesh.testkit.Library;

@Library(name = "MariaDB R2DBC", staged = "r2dbc-mariadb-oldest", upon = "reactor-netty-newest")
class R2dbcMariaDbOldestTest extends R2dbcMariaDb {}

/** JDBC drivers: logical database hosts, and statements observed. */
@NullMarked
package io.endomesh.instrumentation.jdbc;

import org.jspecify.annotations.NullMarked;

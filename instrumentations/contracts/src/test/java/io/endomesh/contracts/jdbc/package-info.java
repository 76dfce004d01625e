/** JDBC drivers kept to the promises of the contract, version by version, on real servers. */
@NullMarked
package io.endomesh.contracts.jdbc;

import org.jspecify.annotations.NullMarked;

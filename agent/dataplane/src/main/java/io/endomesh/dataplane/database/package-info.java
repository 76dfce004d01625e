/** Databases: what a SQL statement does, and what a caller may have done there. */
@NullMarked
package io.endomesh.dataplane.database;

import org.jspecify.annotations.NullMarked;

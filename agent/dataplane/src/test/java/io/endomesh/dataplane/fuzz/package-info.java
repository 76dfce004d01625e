/** Feeds parsers what nobody would write. */
@org.jspecify.annotations.NullMarked
package io.endomesh.dataplane.fuzz;

/** Writes the compatibility page from what became of each promise. JDK only. */
@NullMarked
package io.endomesh.contracts;

import org.jspecify.annotations.NullMarked;

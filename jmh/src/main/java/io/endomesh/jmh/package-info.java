/** Measures what is claimed, side by side in one run. */
@NullMarked
package io.endomesh.jmh;

import org.jspecify.annotations.NullMarked;

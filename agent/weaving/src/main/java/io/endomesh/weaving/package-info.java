/** The instrumentation contract, and how it gets into classes. */
@NullMarked
package io.endomesh.weaving;

import org.jspecify.annotations.NullMarked;

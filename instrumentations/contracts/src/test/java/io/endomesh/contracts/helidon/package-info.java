/** Holds Helidon to the contracts. */
@NullMarked
package io.endomesh.contracts.helidon;

import org.jspecify.annotations.NullMarked;

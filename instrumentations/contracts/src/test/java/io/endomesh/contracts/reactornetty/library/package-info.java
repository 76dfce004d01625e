/** Code that uses the library itself, loaded with each version of it. */
@NullMarked
package io.endomesh.contracts.reactornetty.library;

import org.jspecify.annotations.NullMarked;

/** Jetty kept to the promises of the contract, version by version, under the packaged agent jar. */
@NullMarked
package io.endomesh.contracts.jetty9;

import org.jspecify.annotations.NullMarked;

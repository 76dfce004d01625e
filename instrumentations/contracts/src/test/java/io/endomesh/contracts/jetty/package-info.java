/** Jetty kept to the promises of the contract, version by version, under the packaged agent jar. */
@NullMarked
package io.endomesh.contracts.jetty;

import org.jspecify.annotations.NullMarked;

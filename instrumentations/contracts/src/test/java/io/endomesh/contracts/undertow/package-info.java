/**
 * Undertow kept to the promises of the contract, version by version, under the packaged agent jar.
 */
@NullMarked
package io.endomesh.contracts.undertow;

import org.jspecify.annotations.NullMarked;

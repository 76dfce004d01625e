/** Armeria as a client and as a server, held to their contracts. */
@NullMarked
package io.endomesh.contracts.armeria;

import org.jspecify.annotations.NullMarked;

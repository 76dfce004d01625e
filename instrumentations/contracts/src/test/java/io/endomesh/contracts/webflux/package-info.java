/** Spring's reactive client and server, which leave calls and connections to others. */
@NullMarked
package io.endomesh.contracts.webflux;

import org.jspecify.annotations.NullMarked;

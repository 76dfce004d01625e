/** Spring's reactive client, which leaves the calls to others. */
@NullMarked
package io.endomesh.contracts.webflux;

import org.jspecify.annotations.NullMarked;

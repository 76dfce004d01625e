/** Who we are and whom we trust: SPIFFE identities and the TLS contexts made from them. */
@NullMarked
package io.endomesh.dataplane.identity;

import org.jspecify.annotations.NullMarked;

/** The certificate of this workload: how it is asked for, and whom it trusts. */
@NullMarked
package io.endomesh.xds.identity;

import org.jspecify.annotations.NullMarked;

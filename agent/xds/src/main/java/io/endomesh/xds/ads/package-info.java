/** The discovery protocol: subscriptions, versions, and the snapshot that follows from them. */
@NullMarked
package io.endomesh.xds.ads;

import org.jspecify.annotations.NullMarked;

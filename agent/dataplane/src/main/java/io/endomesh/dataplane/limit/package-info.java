/** How much of what arrives is let through: rate limits and their buckets. */
@NullMarked
package io.endomesh.dataplane.limit;

import org.jspecify.annotations.NullMarked;

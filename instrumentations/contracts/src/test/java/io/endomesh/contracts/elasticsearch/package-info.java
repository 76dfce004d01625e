/** Elasticsearch's low-level clients, which leave calls to Apache's asynchronous ones. */
@NullMarked
package io.endomesh.contracts.elasticsearch;

import org.jspecify.annotations.NullMarked;

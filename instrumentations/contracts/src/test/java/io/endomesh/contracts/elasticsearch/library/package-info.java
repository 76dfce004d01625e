/** What uses Elasticsearch's clients. */
@NullMarked
package io.endomesh.contracts.elasticsearch.library;

import org.jspecify.annotations.NullMarked;

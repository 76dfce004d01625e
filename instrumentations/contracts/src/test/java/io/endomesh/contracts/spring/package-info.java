/** Spring's clients, which leave the calls to others. */
@NullMarked
package io.endomesh.contracts.spring;

import org.jspecify.annotations.NullMarked;

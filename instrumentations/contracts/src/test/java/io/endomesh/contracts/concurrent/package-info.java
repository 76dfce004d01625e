@NullMarked
package io.endomesh.contracts.concurrent;

import org.jspecify.annotations.NullMarked;

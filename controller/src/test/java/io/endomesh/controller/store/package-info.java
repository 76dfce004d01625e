@NullMarked
package io.endomesh.controller.store;

import org.jspecify.annotations.NullMarked;

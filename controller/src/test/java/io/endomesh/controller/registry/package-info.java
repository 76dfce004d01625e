@NullMarked
package io.endomesh.controller.registry;

import org.jspecify.annotations.NullMarked;

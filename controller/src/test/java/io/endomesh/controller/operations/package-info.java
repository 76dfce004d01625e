@NullMarked
package io.endomesh.controller.operations;

import org.jspecify.annotations.NullMarked;

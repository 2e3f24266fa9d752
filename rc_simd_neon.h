#pragma once
enum { VL = 4 };
#include "words.h"

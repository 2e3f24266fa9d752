#pragma once
enum { VL = 16 };
#include "words.h"

-- want a result within
::top:: goto top

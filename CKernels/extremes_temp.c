#include "CKernels.h"
#include <math.h>
#define F(name,T) fpx_status name(uint16_t *above,uint16_t *below,uint16_t *ba,uint16_t *bb,const T *const *ra,const T *const *r,const T *const *rb,size_t n,size_t count,size_t d,T black,T white){\
 for(size_t f=0;f<n;f++){const T*a=ra[f],*o=r[f],*b=rb[f];\
 for(size_t i=d;i+d<count;i++){T mx=a[i-d],mn=mx;T v[7]={a[i],a[i+d],o[i-d],o[i+d],b[i-d],b[i],b[i+d]};for(int k=0;k<7;k++){mx=v[k]>mx?v[k]:mx;mn=v[k]<mn?v[k]:mn;}\
 above[i]+=o[i]>mx;below[i]+=o[i]<mn;ba[i]+=!(mx<white);bb[i]+=!(mn>black);}}return FPX_OK;}
F(fpx_extremes_u8_accumulate,uint8_t)
F(fpx_extremes_u16_accumulate,uint16_t)
F(fpx_extremes_f32_accumulate,float)

#define G(name,row,T) fpx_status name(uint16_t *above,uint16_t *below,uint16_t *ba,uint16_t *bb,ptrdiff_t cs,const T *const *rows,size_t n,size_t rc,size_t count,size_t dr,size_t d,T black,T white){\
 for(size_t r=0;r<rc;r++)for(size_t f=0;f<n;f++){const T*const*p=rows+f*(rc+2*dr)+r;ptrdiff_t o=cs/2*(ptrdiff_t)r;row(above+o,below+o,ba+o,bb+o,p,p+dr,p+2*dr,1,count,d,black,white);}return FPX_OK;}
G(fpx_extremes_u8_accumulate_tile,fpx_extremes_u8_accumulate,uint8_t)
G(fpx_extremes_u16_accumulate_tile,fpx_extremes_u16_accumulate,uint16_t)
G(fpx_extremes_f32_accumulate_tile,fpx_extremes_f32_accumulate,float)
